"""The MQTT contract: topics, typed messages, their codec, and the link that carries them."""
