"""Every error of Facetrail, drawn as a tree, with who handles it.

PipelineError
├── InputError              what the user gave cannot be used                   stop, exit code 2
│   ├── SettingsError       a setting is missing, unknown or out of range
│   ├── SourceUnreadable    a video is missing, empty, damaged at its start, or no video
│   ├── ImageUnreadable     a picture is missing or no picture
│   ├── NoFaceFound         a picture that must show a face shows none
│   ├── GalleryEmpty        a gallery folder without a single usable image
│   ├── NotFound            a person, source, run or encoder of that name does not exist
│   └── ReportRefused       a report that would mislead (a clock that nobody vouched for)
├── WeightsError            a model file is missing, or is not the one the manifest names   stop
├── MessageError            a message that cannot be understood or is out of bounds         bury it
├── ChunkRejected           a chunk that fails by its own fault, whoever tries              bury it
├── SourceLost              a camera cannot be reached, or went away                        reconnect
│   └── SourceRefused       a camera refuses us: password, address, no video                reconnect slowly
├── TransportLost           a server that work passes through cannot be reached             reconnect
│   └── DatabaseLost        it is the control database's: Postgres                          reconnect
├── LeaseLost               another aggregator owns this source now                         drop the source
├── StoreFull               the disk has no room left; what was recorded stays              stop, exit code 4
└── StoreDamaged            a recorded file cannot be read                                  stop, exit code 4
"""


class PipelineError(Exception):
    """The root of all errors that Facetrail raises on purpose."""


class InputError(PipelineError):
    """What the user gave cannot be used; the text names it and says what would be right."""


class SettingsError(InputError):
    """A setting is missing, unknown or out of range."""


class SourceUnreadable(InputError):
    """A video is missing, empty, damaged at its start, audio only, or no video at all."""


class ImageUnreadable(InputError):
    """A picture is missing, or is no picture."""


class NoFaceFound(InputError):
    """A picture that must show a face shows none."""


class GalleryEmpty(InputError):
    """A gallery folder holds not a single usable image."""


class NotFound(InputError):
    """A person, source, run or encoder of that name does not exist; the text lists those that do."""


class ReportRefused(InputError):
    """A report that would mislead, for example by a clock that nobody vouched for."""


class WeightsError(PipelineError):
    """A model file is missing, or is not the one that the manifest names."""


class MessageError(PipelineError):
    """A message cannot be understood, or is larger than its bounds: bury it."""


class ChunkRejected(PipelineError):
    """A chunk fails by its own fault, whoever tries: bury it."""


class SourceLost(PipelineError):
    """A camera cannot be reached, or went away while it was being read: reconnect."""


class SourceRefused(SourceLost):
    """A camera answers and refuses: wrong password, wrong address, no video. Say it, and reconnect slowly."""


class TransportLost(PipelineError):
    """A server that work passes through, as a rule Redis, cannot be reached: reconnect."""


class DatabaseLost(TransportLost):
    """The server of the control database cannot be reached, or is not ready: what waits for Redis waits for it, too."""


class LeaseLost(PipelineError):
    """Another aggregator owns this source now: drop it and write nothing."""


class StoreFull(PipelineError):
    """The disk has no room left; what was recorded before stays whole."""


class StoreDamaged(PipelineError):
    """A recorded file cannot be read; the text names it."""
