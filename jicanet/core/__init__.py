"""The ground floor: values and protocols that every other part may use, and that use nothing of it."""
