"""Qt: what people see and touch; no logic of the domain."""
