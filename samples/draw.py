"""Draws the faces of this folder, which show nobody: for trying the service and testing it where no photo is at hand. Needs numpy and OpenCV."""

import os

import cv2
import numpy as np

SIDE = 480


def ellipse(x, y, width, height, softness):
    """How much of an ellipse about (x, y) covers every pixel: 1 inside, 0 outside, its border this soft. All in parts of the picture's side."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    return np.clip((1 - np.hypot((columns - x) / width, (rows - y) / height)) / softness, 0, 1)[..., None]


def face(skin, hair, lips, shirt, wide=1.0, eyes=0.100, nose=0.605, long_hair=False, lean=0.0, light=1.0, background=(170, 180, 190)):
    """A face from the front; colours are R G B, `lean` is in degrees, `light` multiplies everything."""
    picture = np.ones((SIDE, SIDE, 3)) * background

    def paint(mask, color):
        nonlocal picture
        picture = picture * (1 - mask) + mask * np.array(color, float)

    skin, hair, lips = (np.array(color, float) for color in (skin, hair, lips))
    paint(ellipse(0.5, 1.12, 0.42, 0.32, 0.1), shirt)
    if long_hair:
        paint(ellipse(0.5, 0.60, 0.32, 0.42, 0.08), hair)
    paint(ellipse(0.5, 0.80, 0.10, 0.16, 0.2), 0.85 * skin)
    paint(ellipse(0.5, 0.43, 0.29 * wide, 0.34, 0.08), hair)
    paint(ellipse(0.5, 0.50, 0.235 * wide, 0.31, 0.08), skin)
    for side in (-1, 1):
        paint(0.3 * ellipse(0.5 + side * 0.14, 0.60, 0.09, 0.10, 1), 0.65 * skin)
        eye = 0.5 + side * eyes
        paint(0.6 * ellipse(eye, 0.435, 0.075, 0.055, 0.9), 0.55 * skin)
        paint(ellipse(eye, 0.385, 0.065, 0.016, 0.5), 0.8 * hair)
        paint(ellipse(eye, 0.445, 0.048, 0.024, 0.3), (245, 245, 245))
        paint(ellipse(eye, 0.445, 0.022, 0.024, 0.3), (60, 40, 30))
        paint(ellipse(0.5 + side * 0.025, nose + 0.007, 0.013, 0.010, 0.5), 0.4 * skin)
    paint(0.5 * ellipse(0.5, 0.53, 0.03, 0.12, 1), np.minimum(255, 1.1 * skin))
    paint(0.5 * ellipse(0.5, nose, 0.055, 0.03, 0.9), 0.7 * skin)
    paint(ellipse(0.5, 0.695, 0.085, 0.03, 0.4), lips)
    paint(0.8 * ellipse(0.5, 0.693, 0.08, 0.006, 0.6), 0.5 * lips)
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), lean, 1)
    picture = cv2.warpAffine(picture.astype(np.float32), turn, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    picture = cv2.GaussianBlur(picture, (0, 0), SIDE / 200) * light
    return picture.clip(0, 255).astype(np.uint8)[..., ::-1]


ANNA = {"skin": (225, 180, 155), "hair": (50, 35, 25), "lips": (175, 80, 80), "shirt": (70, 80, 120), "long_hair": True}
BEN = {"skin": (120, 80, 60), "hair": (20, 18, 16), "lips": (120, 65, 60), "shirt": (150, 60, 50), "wide": 1.12, "eyes": 0.115, "nose": 0.62}


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    for name, picture in (("anna", face(**ANNA)), ("anna-leaning", face(**ANNA, lean=12, light=0.7, background=(90, 110, 90))), ("ben", face(**BEN))):
        cv2.imwrite(os.path.join(folder, name + ".jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
