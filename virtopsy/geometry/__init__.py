"""Places, lines and angles in the patient's LPS millimetre frame."""
