"""The pictures of a camera, by OpenCV; imported only where a camera is set (extra `camera`)."""

from collections.abc import Generator
from pathlib import Path

import cv2
from PIL import Image

SIZE = 640, 480
LOOK_AT_EACH = 3
"""Cameras take thirty pictures a second; ten are enough."""


def camera_frames(port: str, backend: int = cv2.CAP_V4L2) -> Generator[Image.Image, None, None]:
    """Grey pictures until the camera is lost. Raises OSError when there is none."""
    cv2.utils.logging.setLogLevel(
        cv2.utils.logging.LOG_LEVEL_SILENT
    )  # what is lost we say ourselves, once
    camera = cv2.VideoCapture(port, backend) if Path(port).exists() else cv2.VideoCapture()
    try:
        if not camera.isOpened():
            raise OSError(f"no camera at {port}")
        camera.set(cv2.CAP_PROP_FRAME_WIDTH, SIZE[0])
        camera.set(cv2.CAP_PROP_FRAME_HEIGHT, SIZE[1])
        yield from _pictures(camera)
    finally:
        camera.release()


def _pictures(camera: cv2.VideoCapture) -> Generator[Image.Image, None, None]:
    taken = 0
    while camera.grab():
        taken += 1
        if taken % LOOK_AT_EACH == 1:
            good, picture = camera.retrieve()
            if good:
                yield Image.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
