"""Events written in the transaction of the act they tell of, delivered afterwards by the worker."""
