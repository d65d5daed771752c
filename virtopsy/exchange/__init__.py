"""Findings out and in, as other programs read them: DICOM SR, SEG, KO and PR; JSON and CSV."""
