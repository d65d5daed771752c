"""The synthetic case: a body, a gunshot and the truth about both."""
