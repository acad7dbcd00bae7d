"""Where the README's figures come from: each beside a floor measured in the same run."""
