"""Codestreams made once by other encoders, and the values they must give.

OpenJPH wrote the high-throughput ones, libjpeg-turbo 3.1 those of the JPEG family, OpenJPEG 2.5.4
the two too small for the encoders at hand. Every picture is `pattern` of its bits; what is lossy
gives what libjpeg-turbo decodes from it, as a checksum.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

JPEG = "1.2.840.10008.1.2.4."


@dataclass(frozen=True)
class Encoded:
    """One picture.

    Attributes:
        crc: checksum of its decoded values as little-endian words where it is lossy.
        error: how far it may be from `pattern`; 0 for lossless.
    """

    syntax: str
    rows: int
    columns: int
    bits: int
    signed: bool
    text: str
    error: int = 0
    crc: int | None = None

    @property
    def codestream(self) -> bytes:
        return b64decode(self.text)

    @property
    def values(self) -> NDArray[Any]:
        return pattern((self.rows, self.columns), self.bits, signed=self.signed)


def pattern(shape: tuple[int, int], bits: int, *, signed: bool) -> NDArray[Any]:
    """Values that run through the whole range of their bits and are no ramp."""
    j, i = np.mgrid[: shape[0], : shape[1]]
    low, span = -(1 << (bits - 1)) if signed else 0, 1 << bits
    step = max(1, span >> 12)
    rough = (j * j * 37 + i * i * 11 + i * j * 5) * step
    return np.asarray(low + (rough + (i + j) % step) % span)


def checksum(values: NDArray[Any]) -> int:
    return crc32(values.astype("<u2").tobytes())


ENCODED = {
    "201 unsigned 8": Encoded(
        JPEG + "201",
        17,
        13,
        8,
        False,
        "/0//UQApQAAAAAANAAAAEQAAAAAAAAAAAAAADQAAABEAAAAAAAAAAAABBwEB/1AACAACAAAABP9SAAwAAAAB"
        "AAUEBEAB/1wAEyBQWFhgWFhgWFhgWFhYUFBY/2QAFgABT3BlbkpQSCBWZXIgMC45LjAu/5AACgAAAAABVwAB"
        "/5PAEgD+AGMAwAlA5gAHdADACaAEsAEo2PQAg3QA8gDHdAD9AMd0AMAKuAFRABUAiu8upaH5BZiDNQAIBLDx"
        "AIM0AFuz0/AAQZQAwAtWAFrQAtJFukuGTuGkI2LJo6IAwt10IEB9mQDQWMcnw5TmcxhU7PvBmPACI4QAIzcA"
        "soFzM7iPn3IpUaUE7PBAv5cAwBehQBeiQAuslQqqVolagY6iVVWpoFBoqOg1KFSlgoBUh1aHWolSUYFSUYmE"
        "gLKOrFeqqkJRKqsrKvQCP2dc1JxCEWRIQAQAa5ABySRNKAl6MiGJPomWpCVpiYSm0wRKeloajU6jURLJZJJK"
        "pdOTk2n0BCWRTlCTaJPok5IHCIbnzI0qfxYVIAgLwBEBkgF+/1//X/8//z9+P3+/fvz8/v78/337+fv/eQIB"
        "95sTWv0Q/13DiB8AAA5SAf/Z",
    ),
    "201 unsigned 12": Encoded(
        JPEG + "201",
        17,
        13,
        12,
        False,
        "/0//UQApQAAAAAANAAAAEQAAAAAAAAAAAAAADQAAABEAAAAAAAAAAAABCwEB/1AACAACAAAACP9SAAwAAAAB"
        "AAUEBEAB/1wAEyBweHiAeHiAeHiAeHh4cHB4/2QAFgABT3BlbkpQSCBWZXIgMC45LjAu/5AACgAAAAABeAAB"
        "/5PAASgrAgd0AMAAmOb7Awd0AMAAngAE0AATAFyb8gKDdAD+/AMHdACD/gKHdADAAK6AAVMAAVShMYH02yM0"
        "pvsDmYK1AKuGesiKAUM0AINABuZBhQDilADAALagAFvwAC1A1+f1dXX88XH558rqESYs/gYi86niEAG/mgAn"
        "F0/ensQbnYR92LY5eJjnXOK734gb+QDHo5QgIbgAHr5+840HPu2/D3rvAKTJGEB3WADAAXokABesQAC1QFVr"
        "VVVVVVWtVVVVUVGBXrUWeipYgQpUsIIVRE8FKlCBCqCnAuipYAUVVFBBrQqgrwIV+AW2znZazgxUXAJesvhq"
        "MbEBSTKZJEmSJEmSJEmSTCZJkiRJSUm0SUA7SZAESZAEtJHktEEbtJsESZIEtJMESZAESZAESZAEtJHktEEb"
        "tJsESZgEAIACYtUe7ghAcjiCZy9ZfkPm5DG2Af773/9/3/983/9/8TC/jo+UdlBaAP/Z",
    ),
    "202 signed 16": Encoded(
        JPEG + "202",
        17,
        13,
        16,
        True,
        "/0//UQApQAAAAAANAAAAEQAAAAAAAAAAAAAADQAAABEAAAAAAAAAAAABjwEB/1AACAACAAAACv9SAAwAAgAB"
        "AAUEBEAB/1wAEyCIkJCQkJCQkJCQkJCQiIiI/2QAFwABT3BlbkpQSCBWZXIgMC4yNi4zLv+QAAoAAAAAAe0A"
        "Af+TwAAm9fIEB3QAwAATAJS+BQd0AMAAFRAABNAABMD6tZjyBIN0ABTQBQd0AGPoBId0AMAAFowAAVcAAFYA"
        "KRo9gVI/3SNDI6j7A5qCtQDJ6ooaiayLAkM0AFUINgZ6HniFAWKUAMAAF0MAAF08AAFtAH/9518DNlh1HCDz"
        "MZcHiK/8aiMhKPziDiLzqeJSAb+aAH/yF/9kwA2UmDeak3D7wNtWdFAQs885TOx37xvxN/IAx6OkoCG4AP5h"
        "wRKACU5+Yx6oUAsA94P+vQCkyTlA51gAwAAvYYAAXu0AALqgX1+/fn19fX19fX2FfX39+vX19RUWFldxFZj+"
        "9fVrGKfnKngVKAuUBb+CX0FPT1jgKnAVKAtger4Cnp6v4FfwFXwFX8Har6+Ap+8r8BX4BbbOdlrODFRcAl6y"
        "4wYIQDGzAZ988pOffPLJJ5988sknoXwyySef/OQnn3zySSihdEmXhLWrBF47nwSfBJ8EoQRcG5fkZhtYG1i7"
        "nwSfJJ8EXjufBKMEmwSXBKUEpQSfBF4bn+ReG14bXrufBJ+EnwQAgAJi1R7uCEByOIJnL1lxjAPmGMAxuAF/"
        "AFwAF4D/P/u/+X8B+P97/zsAXAAXgP9f/3//f9KF+TPvTCpKgPRb3QD/2Q==",
    ),
    "201 unsigned 16": Encoded(
        JPEG + "201",
        17,
        13,
        16,
        False,
        "/0//UQApQAAAAAANAAAAEQAAAAAAAAAAAAAADQAAABEAAAAAAAAAAAABDwEB/1AACAACAAAAC/9SAAwAAgAB"
        "AAIEBEAB/1wACiCQmJiYkJCY/2QAFgABT3BlbkpQSCBWZXIgMC45LjAu/5AACgAAAAABvAAB/5PAABde/w5u"
        "ie/xX07fbf9l4UjHtbN0Y+b/LntAOWRzdgGOoDtvF2upLYUof/7tISADOQDAAAuhgAAXTwAALaB//edfAzZY"
        "dRwg8zGXB4iv/GojISj84g4i86niUgG/mgB/8hf/ZMANlJg3mpNw+8DbVnRQELPPOUzsd+8b8TfyAMejpKAh"
        "uAD+YcESgAlOfmMeqFALAPeD/r0ApMk5QOdYAMAAF7DAABe7QAALql9fv359fX19fX19hX19/fr19fUVFhZX"
        "cRWY/vX1axin5yp4FSgLlAW/gl9BT09Y4CpwFSgLYHq+Ap6er+BX8BV8BV/B2q+vgKfvK/AV+AW2znZazgxU"
        "XAJesuMGCEAxswGffPKTn3zyySeffPLJJ6F8Msknn/zkJ5988kkooXRJl4S1qwReO58EnwSfBKEEXBuX5GYb"
        "WBtYu58EnySfBF47nwSjBJsElwSlBKUEnwReG5/kXhteG167nwSfhJ8EAIACYtUe7ghAcjiCZy9ZcYwD5hjA"
        "MbgBfwBcABeA/z/7v/l/Afj/e/87AFwAF4D/X/9//3/Shfkz70wqSoD0W90A/9k=",
    ),
    "202 column": Encoded(
        JPEG + "202",
        23,
        1,
        12,
        False,
        "/0//UQApQAAAAAABAAAAFwAAAAAAAAAAAAAAAQAAABcAAAAAAAAAAAABCwEB/1AACAACAAAAB/9SAAwAAgAB"
        "AAEEBEAB/1wAByBwcHB4/2QAFgABT3BlbkpQSCBWZXIgMC45LjAu/5AACgAAAAAASgAB/5PAAW2AI7Dvg9st"
        "LQljUII0IsHUm/D+B2f39fvzg3kAwAFsgMkkSSZBEiRBEiRBEtD+AMP+/viF+/CLewD/2Q==",
    ),
    "203 lossless": Encoded(
        JPEG + "203",
        17,
        13,
        12,
        False,
        "/0//UQApQAAAAAANAAAAEQAAAAAAAAAAAAAADQAAABEAAAAAAAAAAAABCwEB/1AACAACAAAACP9SAAwAAgAB"
        "AAUEBEAB/1wAEyBweHiAeHiAeHiAeHh4cHB4/2QAFgABT3BlbkpQSCBWZXIgMC45LjAu/5AACgAAAAABeAAB"
        "/5PAASgrAgd0AMAAmOb7Awd0AMAAngAE0AATAFyb8gKDdAD+/AMHdACD/gKHdADAAK6AAVMAAVShMYH02yM0"
        "pvsDmYK1AKuGesiKAUM0AINABuZBhQDilADAALagAFvwAC1A1+f1dXX88XH558rqESYs/gYi86niEAG/mgAn"
        "F0/ensQbnYR92LY5eJjnXOK734gb+QDHo5QgIbgAHr5+840HPu2/D3rvAKTJGEB3WADAAXokABesQAC1QFVr"
        "VVVVVVWtVVVVUVGBXrUWeipYgQpUsIIVRE8FKlCBCqCnAuipYAUVVFBBrQqgrwIV+AW2znZazgxUXAJesvhq"
        "MbEBSTKZJEmSJEmSJEmSTCZJkiRJSUm0SUA7SZAESZAEtJHktEEbtJsESZIEtJMESZAESZAESZAEtJHktEEb"
        "tJsESZgEAIACYtUe7ghAcjiCZy9ZfkPm5DG2Af773/9/3/983/9/8TC/jo+UdlBaAP/Z",
    ),
    "203 lossy": Encoded(
        JPEG + "203",
        17,
        13,
        12,
        False,
        "/0//UQApQAAAAAANAAAAEQAAAAAAAAAAAAAADQAAABEAAAAAAAAAAAABCwEB/1AACAACAAAAJf9SAAwAAgAB"
        "AAUEBEAA/1wAIyKPdI9Fj0WPF4dch1yHPX+qf6p/wmg1aDVoeGAaYBpvv/9kABYAAU9wZW5KUEggVmVyIDAu"
        "OS4wLv+QAAoAAAAAAWsAAf+TwAAm1fEEB3QAwAAmaPcEB3QAwABPAAE0AATA8sYWA4N0AFDiBAd0AAP5Awd0"
        "AMAAroABVQACqDGjCGiQazwk/QHM4pUALdqdVa74AYM0ABeZg4KE9QDClADAAtiABb0AC1AUWmEBDgZf+rnp"
        "rwHK7gAxF57PEIt8ugAF2lAQSQX/ORneKoTDecLlK5N5M1TvAKCLkEAmuADBEEmzKPWso8FIyv4ASJkhF/l4"
        "AMAF3MAF6NAAuoD+QMxWgXsLhoJErkT1gx6rBnmFMQw4gEAAuEQiSWAdhPU5AhJ4NcMELY7udloA4ESkeMAr"
        "VYRKAQHE4qPDgI8ekKFhoEM04w1qESr1Foo4SDqRMwDAV6UwRyDEMQhaxMEm92bKBQxbi5px4QCImLVHu5DB"
        "wWYYD+mMZ5+60aQBnVIBNVdgmCYrUr2qjeOEwyn0AwQvIb1kcQMN4DOY6OFiJSAmEVpdAP/Z",
        error=89,
    ),
    "57 predictor 1": Encoded(
        JPEG + "57",
        17,
        13,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAARAA0BAREA/8QAHAABAQEBAQEBAQEAAAAAAAAACAcJBgwKBQQL"
        "/9oACAEBAAEAAPP/AP8AX0Pb02x3lHqVdtFzv3pf0Om7ypWi/JRVMBrOzQK3/q9XQavbUGmVexW28dB1z+12"
        "FGrlyRCeWjKcD20M0D/f7Wl2G7o1RrlnuV96I6m9J3VQs18SSoXzUdWgGi2y/U9/VbWgUurWG2XfoLo3vD11"
        "ErVwQycWTIbz00K0g+ivs6TX7qi1Ct2a43z4Q7SX6de4p1kvSQUy8aXg539oppV9X/e1O03/AMEoq2C13boH"
        "ozpf4wihVi3IRNLBjNx5aEaPaafanR67c0Sn1qy3C99DdI9OfudplivCOUi6aDmfmiXhJ9PvvnqNnvqTVK/8"
        "Go69AdF9LdQ/IYVa2IJMK5iNp4aDaOaZakf6PdbuKHTqzZLfeuhekOm+pv8A/9k=",
    ),
    "57 predictor 2": Encoded(
        JPEG + "57",
        17,
        13,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAARAA0BAREA/8QAGwAAAgMBAQEAAAAAAAAAAAAACQoICwwHBgT/"
        "2gAIAQEAAgAAz/8A9fofb9N7H3mR8pZdzRnPP30vqvX+09z77ofSOm9S6v1zsPb+6d579IOREjZJSXk5KGU0"
        "q5cy+mHMiZs0przcnDOadc8J6kDIQQ0iRFyOEhJMSsmBNSdE/KaVIq5XCwlmLWXAupei/mEMSZczhoTTGrNg"
        "bU3RvziHJOcdM8J5j1nwPqfo/wCwIwSwcwmwww6xWxgxqx0x+yIySycymywy7iYcTMzqz0z+0I0S0c0m0w07"
        "iocVM1Y1i1+2I2S2c2ni18W5i4cXM3Y3i3s33jCMYbjEsYvjHHInJ3LHMXNnO3QHRXU3WHXXYnZ3bHcXdne3"
        "gHhXinj3nXonp3rHsXtnu3wHxXynz8enj2H537H8X9n+7ACwFyBOQOyCeQYsHrCPIYZDXIdZD/IiZEnInWKl"
        "izYvWMdjRY22PdkBZC2RVkfZKWTNk9ZR2VFlbZZWW/8A/9k=",
    ),
    "57 predictor 3": Encoded(
        JPEG + "57",
        17,
        13,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAARAA0BAREA/8QAGwAAAwEBAQEBAAAAAAAAAAAACQoLDAgHBgT/"
        "2gAIAQEAAwAAz/8A+v6H7f032P3no/qXrvtHufv36X7X1D2vobqHrztfvIhpKChle9v6E6f667V7wIWSYoJX"
        "C7mSNb1z2n3cQkkhPytF1Mgas4x4T+EDJET0rBczHGpOId8/TCrGDJZTS4mMNOcI7p+GE2LmSWZGf2mjLnAO"
        "2fZhFixkdmJn1phrNs5uk8LB7FTIrMDPbSzWLZjc7gTjrnDFbLzPLSjV7ZTcrgDjbmzqONrxwzOrVrZDcbfz"
        "jLmjp7tWOExz+O6fWa/b8cXcydNxs+OCxzuO4x6b99AqhLjCMaVjZccBjm8ds+k/bQIoR0PqLNHR1N5p7V9B"
        "+ugNQhoeUV6OVI2lRTDedfpoCUH6HVFWjhSLpTUwabmT2yiL89DiinRupE0pKX+TZyemUPylWVFqw5DDJDZK"
        "HJeZNfJ5ZQ3KUVRKr9XqsrWwo901qeNQypPVCqu1eKyda6uTXkr/AP8A/9k=",
    ),
    "57 predictor 4": Encoded(
        JPEG + "57",
        17,
        13,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAARAA0BAREA/8QAHQABAAEFAQEBAAAAAAAAAAAAAwwHCAkKDQYE"
        "C//aAAgBAQAEAACP/wD1+h9vU2sdebj7pbu70b57/fSqqqqqqqq1vVVVVVVVVu5VVVVVVVVyBqqqqqqqq5TV"
        "VVVVVVVcy6qqqqqqqueFVVVVVVVXYrVVVVVVWACLs6qqqqqsAEXoAq7X6qqwARVXoAqqsMIVVXoAqqqqq7qa"
        "qqqqqqqu86qqqqqqsAEXfnVVVVgAiqvQBViGCqqqvQBVVVX9HtVVVVVVVX//2Q==",
    ),
    "57 predictor 5": Encoded(
        JPEG + "57",
        17,
        13,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAARAA0BAREA/8QAHAABAQEAAwEBAQAAAAAAAAAABwYIBQoMCQQL"
        "/9oACAEBAAUAAPP/AP66G3TWN50fqXXe0dz79pf18tQ1luhJqwxtzzoRv/bzFHXXKInrTK4Pehtc8hzdNY3i"
        "OpLrQ5v2ifoHyXO1FnfJKovtTroDRf1N5Wgq7ZBTFdibXjQejvsvy9FW3CGnLLI3vWhdIfeHmqWwu0ZRXGdy"
        "fdEaT7FfOU9lepCmvNLo/wDgidK9nXn6q1QEtWYWzwO2gvRG6Y7X9DWW6F4ExYY270POhNH6a8YRSV90i+hQ"
        "W2ZxfND6S073U6axvEdSXWhzftE6U0/3nam0v0pVYGt20DozwS2ou/PV2yCmK7F4Gx40Ho70TOpPIYV1yiJ6"
        "0y+hwe9DaR05qf8Ao92F2jKK4zuT7ojSentU/wD/2Q==",
    ),
    "57 predictor 6": Encoded(
        JPEG + "57",
        17,
        13,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAARAA0BAREA/8QAHAAAAgMBAQEBAAAAAAAAAAAACAkHCgsGDAUE"
        "/9oACAEBAAYAAPP/AP6+h7eTZjnkjylLs0TnP3pfsfa+79/ouk6fqes67sezm/ve/kKRJHkmTJOlGU5WlguZ"
        "imSZ5pmybpxnOdp4nufWBkORJGEcSJJksTBNk6UBRNNKwrixLMti4LsvTAMIxTHcuaJpmsbBtm6cBxHKc51H"
        "Y+E9j4Ps/WAMCYKwdhTDGHsRsVsbY6yBkTJWTsqZYy9mPhM8TWzq0BoTRWjtKaY09qPhU8VX0rLW7X7ZWztq"
        "bZ4W7Fwxc8XX0vLe2/OA8YRjE4xeMdjIemUcs5lzbnnQOjdLdTde7F2jtncu7d88B4bxXkPKvOvUes9l7b3n"
        "wPjfK+h9Xh7Me6/O/l/b/rAFgOwL4gfIJyDMg71CVhTyGGQ7kP5EWRJkT5FPqLbF9jKxpY3sc6PdkOyLZIsl"
        "WTbJ9lKypZXss2XLL3//2Q==",
    ),
    "57 predictor 7": Encoded(
        JPEG + "57",
        17,
        13,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAARAA0BAREA/8QAHAAAAwEBAQEBAQAAAAAAAAAACAkKCwcMBgQF"
        "/9oACAEBAAcAAPP/AP6/oft+m9j7yR5Sl2aJzn79L/d+r+46N1PsPbu+ESS5SFl2/ovUuwdt72RBLFGWJfGY"
        "bJc9s70Q5KlEWBemWbBzHmwFgZKFCV5eGUa5ynkwBhrG2UNNLsyTWOQ8T/YYxpk7NWhNQcucZ4H8wtjLJmaN"
        "Bae1xtTd3wsKYwyVmbQGnNbbS3ZwjkXP0VsyZ+01rTaG6uDcg551fhuMcWnVrLZ26OCce511TuPDiY6T4H3V"
        "fuBcc5x1PhtscPHRx3n2v6oIoV8YRjT42uOFjoPefY/mgehSiKi+j21N6D3X1v4oGoTohouo8pJpXpkudfvQ"
        "LQlRBRbR3SRStTHTj4n3KLvnofoso6pHpVpi8Tfk+ZRWUvVNVn5DDJFyU8mDJuye8ompeqWrKsCs2tvR7pup"
        "7qJqWqkqxq/rMrarnr1sC//Z",
    ),
    "57 unsigned 8": Encoded(
        JPEG + "57",
        17,
        13,
        8,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALCAARAA0BAREA/8QAGwABAQEBAQEBAQAAAAAAAAAAAwgJBwYFAgT/"
        "2gAIAQEABAAAn/8Ar9D7fpsxd54dUvOvIfG/HpVVVVVgTQVVXt6rAi6CwJoKsCKq84VdBYEVVVVVf2qqqqqq"
        "qr01VgTQWBNBYEXQVVXiyroLAmgsCLoLAiqvwFVVVVVVVfVqsCaCwJoKsCKqr3VYE0FgTQWBF0FVVgTnyqug"
        "sCLoLAiqugv9KqsCaCrAmgqrAi9TgTQVVgTQVYEVdBV45oLAiroLAiqqqvxlVVVVVVVfYqqrAmgqqqrAk9Lo"
        "LAmgqwIqqq6C/wD/2Q==",
    ),
    "70 unsigned 6": Encoded(
        JPEG + "70",
        17,
        13,
        6,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALBgARAA0BAREA/8QAGgAAAwEBAQEAAAAAAAAAAAAABAUGAwIBAP/a"
        "AAgBAQABAACfLoRjUWB6S7kKfilYJc2Sflop+bK+lzVV63WduV2s1Y74Ol+zwEidDKoBTO34haAY2jwPSZMT"
        "Ud1H02bJPy0U/Nm6jxqq9brO3K7WaQLdHS/Z4CRO2kTQKrMmeELoRoyjwPSWo5yPFglzZJ+WinziSqfJSr9l"
        "q3uYryepdbo6X7PASJ0OS3ehEzwhdCMaiwemIRzkd1H02cjUcpmKbhmo8aqvW6zsBsr6cLdHS/Z4CRk7A3eh"
        "EzwhdCMb/9k=",
    ),
    "70 unsigned 15": Encoded(
        JPEG + "70",
        17,
        13,
        15,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDwARAA0BAREA/8QAHAABAQEBAQEBAQEAAAAAAAAACwoMCQ8NCAcO"
        "/9oACAEBAAEAAPP/AP8A6z0J7c002M3ko8qQrstEucv09Kf0D0x7w1I2g34pMqosAtYuw6BG3n9U9WaCauba"
        "UEUyVeWKW2XidByuT+0ewNGNcNxKIKeK0LKLgL2Ohh0DP757U0s2A3co0qMrks8uUvs6IHU09Ie6NPNmN8KS"
        "KoK+LULqL/Oix2XPUnvjVTaygSlyrSwy2S7joKdGzvCetNENaNwKGKcKyLILdL0OhR0gP0VHszSTXzdSiyoS"
        "tyzC4y+T4Q8aSn6dT3BpxshvRSBUxXZaR8HQH8dFDpUfq/Pempm0m/nwSoVRYJa5dp0DOjJ0vPjCRQjWDbih"
        "CmSsCxi3C8joQdHjpoftTNHNdNzKIKfK1LLLhL3Ohp0jOnB+500w2I3co4qQrotAuYvw6JHwk40+P3zmomzG"
        "+lJlUlfnwaodZ0BOix0tOoZ8hiKqbYUEUwVcWIW0XgdBTo4dMjqQf9Ho1s3Eocp0rMskt8vQ6FnSE6bnU0//"
        "2Q==",
    ),
    "70 unsigned 16": Encoded(
        JPEG + "70",
        17,
        13,
        16,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALEAARAA0BAREA/8QAHAABAQEBAQEBAQEAAAAAAAAADAsNCg4JDwgQ"
        "/9oACAEBAAEAAP8Af1j0I9uNNGxjeRR4qUV2LRFzi/R6UfoD0w94NSG0DfhSgqoWALWF2DoENvH6o9WNBGrj"
        "bRQYpkVeLFFti8R0HFcj9oewGjDXBuQogU8K0FlC4Bew6GDoGP3x7UaWNhG7ijRUYrkWeLlF9jogOpo9IPdD"
        "UBsw3wUkKoFfC1BdQv8AHRYdlx6ke/GqjaxQIpcVaLDFsi7h0FHRsd4R64aINaG4ChhTgrIWQLdF6DoUOkA+"
        "isezGkjXxuoosVCK3FmC4xfI6HjpKPp1HuBpw2Qb0KQFTCuxaQugX8Oig6VD6vx70amNpG/ilRVQsEWuLtHQ"
        "MdGR0vH2EjQhrA24UIKZFYCxhbgvIdCB0eHTQfamNHGujcxRAp8VqLLFwi9x0NHSMdOR9zo0wbEN3FHCpBXQ"
        "tAXML8HRIdKB0+H3zjURsw30UmKpFfi1RdY6AjouOlo6hj+hiNVG2CghTAq4WILaF4DoMOjg6ZDqQP6PQ1sb"
        "iKHFOisxZIt8XqOhY6QjpuOpo//Z",
    ),
    "70 column": Encoded(
        JPEG + "70",
        23,
        1,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAAXAAEBAREA/8QAGgAAAwEAAwAAAAAAAAAAAAAACgsMCQYHCP/a"
        "AAgBAQABAACf/wCS93+udA9Tdl94SKydSv4wg1M50+eQwY9sxWh8qw2jb2zG3//Z",
    ),
    "50 unsigned 8": Encoded(
        JPEG + "50",
        17,
        13,
        8,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQ"
        "DQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAARAA0BAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAEC"
        "AwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAk"
        "M2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJ"
        "ipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3"
        "+Pn6/9oACAEBAAA/AIPCXhjwR4X+GWg6raWOk3nguS3k1DVorK1aa3VIZUinePzWW481ra7ngYZKZurZkClJ"
        "pI+kv/2PPHfjbWLm8/t3wzZ7I4k+y6tohu7yD5P9XPN5UvmyrjDP5km5gTvbO48LqdjNq3ia9t0s2guJFdbG"
        "L7BJbMtrBYWUqW9oIJIS7TR3M7yxJseNZrsxT4Ehn6q78O+AviCiarrPgfQfhfprM62kGtibTpryXOZnEtpf"
        "WAlVVMI2sjlCSQw8zFc98O/+TL4f+xd0X/0p1avof/gnL/yTXW/+vmL+T1//2Q==",
        error=9,
        crc=0x71E188E6,
    ),
    "51 unsigned 8": Encoded(
        JPEG + "51",
        17,
        13,
        8,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQ"
        "DQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAARAA0BAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAEC"
        "AwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAk"
        "M2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJ"
        "ipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3"
        "+Pn6/9oACAEBAAA/AIPCXhjwR4X+GWg6raWOk3nguS3k1DVorK1aa3VIZUinePzWW481ra7ngYZKZurZkClJ"
        "pI+kv/2PPHfjbWLm8/t3wzZ7I4k+y6tohu7yD5P9XPN5UvmyrjDP5km5gTvbO48LqdjNq3ia9t0s2guJFdbG"
        "L7BJbMtrBYWUqW9oIJIS7TR3M7yxJseNZrsxT4Ehn6q78O+AviCiarrPgfQfhfprM62kGtibTpryXOZnEtpf"
        "WAlVVMI2sjlCSQw8zFc98O/+TL4f+xd0X/0p1avof/gnL/yTXW/+vmL+T1//2Q==",
        error=9,
        crc=0x71E188E6,
    ),
    "51 unsigned 12": Encoded(
        JPEG + "51",
        17,
        13,
        12,
        False,
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQ"
        "DQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wQALDAARAA0BAREA/8QAGAAAAgMAAAAAAAAAAAAAAAAABgwI"
        "Cg3/xAAxEAAABAQDBQUJAAAAAAAAAAAEBQYHAwgJCgABCwIMFRYYERMUMWIhKDg6RnWEsrT/2gAIAQEAAD8A"
        "UDbKLdiitw9E4iD909yo/emUD6fE5+e3l6MOZ+li7pu1uF9QGjmPRw5UTtElPt5bE5+cCP6MHgLVzLnGrRQm"
        "UDrylag5pJNpf0RGRpOS7k3VtCtGDnRm/dZukailOJPGqT7NPK9sx/PfFPEhTMIm2+boS4BwdJtPlZAJjcQG"
        "kp1R+uAbZGyjv46zKlrO3Gx1flar5UjmMaEuXZ3WAlNpORQDPy8gVA5bmqkRLciEVNYumKN21TSfOlCfqgtQ"
        "TbIQG2RACcYMETm2HjZGxSVRT0mj4xGb+5BP32caMPot/wAr1+SSfzCcf//Z",
        error=13,
        crc=0x3ACED73C,
    ),
    "90 column": Encoded(
        JPEG + "90",
        23,
        1,
        12,
        False,
        "/0//UQApAAAAAAABAAAAFwAAAAAAAAAAAAAAAQAAABcAAAAAAAAAAAABCwEB/1IADAAAAAEAAAQEAAH/XAAE"
        "QGD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAA3AAH/k9/gmBJVdv7H"
        "q5Gvyl2r5UNLybMLda2ZKBLmjAuaeSADv9bygSN38fFX/9k=",
    ),
    "90 one pixel": Encoded(
        JPEG + "90",
        1,
        1,
        12,
        False,
        "/0//UQApAAAAAAABAAAAAQAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAAAABCwEB/1IADAAAAAEAAAQEAAH/XAAE"
        "QGD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAASAAH/k9/gBAf/2Q==",
    ),
}
