"""From files on a disk to studies, series and volumes."""
