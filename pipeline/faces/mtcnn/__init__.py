"""MTCNN, the cascade of three small networks that finds faces, written to run on many frames at once.

`detector.py` is the way in. It imports TensorFlow, so import it where a model is really going to run; everything else
here except `networks.py` and `cascade.py` is pure array code.
"""
