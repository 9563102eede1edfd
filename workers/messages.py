"""What the stages say to each other: items of a run as envelopes, and back, checked before memory is taken."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import MessageError
from pipeline.options import AnalysisOptions
from pipeline.schemas import ChunkFailed, FaceChunk, Frame, FrameChunk, RunEnded, RunKey, SampleState
from workers.wire.faces import crop_side, dimensions, face_headers, face_parts, read_faces
from workers.wire.headers import (
    MAX_REASON,
    VERSION,
    About,
    AnyHeader,
    EndedHeader,
    FacesHeader,
    FailedHeader,
    FramesHeader,
    StageOptions,
    decode_header,
    encode_header,
)
from workers.wire.pictures import Codec, decode_picture, encode_picture
from workers.wire.transport import Blob, Envelope, Slot

Item = FrameChunk | FaceChunk | ChunkFailed | RunEnded


@dataclass(frozen=True, slots=True)
class Work:
    """What a message says: an item, and how its run wants it treated."""

    item: Item
    options: StageOptions


def stage_options(options: AnalysisOptions) -> StageOptions:
    """The part of a run's options that travels with its chunks."""
    return StageOptions(options.detection, options.encoding)


def slot_of(item: Item) -> Slot:
    """The slot an item fills; a run's end fills the one after its last chunk."""
    return Slot(item.run, item.n_chunks if isinstance(item, RunEnded) else item.number)


def pack(work: Work, codec: Codec = Codec.RAW) -> Envelope:
    """The envelope of `work`; frames in it travel as `codec`, and RAW ones are not copied."""
    slot = slot_of(work.item)
    about = About(
        version=VERSION,
        source_id=slot.run.source_id,
        run_id=slot.run.run_id,
        number=slot.number,
        options=work.options,
    )
    header = _header(work.item, about, codec)
    return Envelope(slot, encode_header(header), _parts(work.item, codec))


def unpack(envelope: Envelope) -> Work:
    """The work in `envelope`, its pictures decoded; raises `MessageError` when it cannot be understood."""
    header = decode_header(envelope.header)
    run = RunKey(header.about.source_id, header.about.run_id)
    if Slot(run, header.about.number) != envelope.slot:
        raise MessageError(f"chunk {header.about.number} of {run.run_id} in an envelope for {envelope.slot}")
    return Work(_item(header, run, envelope.blobs), header.about.options)


def give_up(envelope: Envelope, stage: str, reason: str) -> Envelope:
    """What goes downstream in place of a message that is buried.

    Its samples count as failed; those of a message whose header cannot be read are unknown.
    """
    try:
        header = decode_header(envelope.header)
    except MessageError:
        failed = ChunkFailed(envelope.slot.run, envelope.slot.number, (), stage, reason[:MAX_REASON])
        return pack(Work(failed, stage_options(AnalysisOptions())))
    samples = header.samples if isinstance(header, FramesHeader | FacesHeader) else ()
    failed = ChunkFailed(envelope.slot.run, envelope.slot.number, samples, stage, reason[:MAX_REASON])
    return pack(Work(failed, header.about.options))


def _header(item: Item, about: About, codec: Codec) -> AnyHeader:
    match item:
        case FrameChunk():
            return FramesHeader(
                about=about,
                samples=item.samples,
                size_wh=item.frame_size_wh,
                codec=codec,
                arrived_at=item.arrived_at,
            )
        case FaceChunk():
            return FacesHeader(
                about=about,
                samples=item.samples,
                size_wh=item.frame_size_wh,
                faces=face_headers(item),
                crop_side=crop_side(item),
                dimensions=dimensions(item),
                arrived_at=item.arrived_at,
            )
        case ChunkFailed():
            return FailedHeader(about=about, samples=item.samples, stage=item.stage, reason=item.reason[:MAX_REASON])
        case RunEnded():
            return EndedHeader(about=about, problem=item.problem)


def _parts(item: Item, codec: Codec) -> tuple[Blob, ...]:
    if isinstance(item, FrameChunk):
        return tuple(encode_picture(frame.i420, codec) for frame in item.frames)
    return face_parts(item) if isinstance(item, FaceChunk) else ()


def _item(header: AnyHeader, run: RunKey, parts: tuple[Blob, ...]) -> Item:
    number = header.about.number
    match header:
        case FramesHeader():
            return FrameChunk(run, number, header.samples, _frames(header, parts), header.size_wh, header.arrived_at)
        case FacesHeader():
            faces = read_faces(header, parts)
            return FaceChunk(run, number, header.samples, header.size_wh, faces, header.arrived_at)
        case FailedHeader():
            return ChunkFailed(run, number, header.samples, header.stage, header.reason)
        case EndedHeader():
            return RunEnded(run, number, header.problem)


def _frames(header: FramesHeader, parts: tuple[Blob, ...]) -> tuple[Frame, ...]:
    decoded = [sample for sample in header.samples if sample.state is SampleState.DECODED]
    if len(parts) != len(decoded):
        raise MessageError(f"{len(parts)} frames for {len(decoded)} decoded samples")
    pictures = [decode_picture(part, header.codec, header.size_wh) for part in parts]
    try:
        return tuple(Frame(sample.index, picture) for sample, picture in zip(decoded, pictures, strict=True))
    except ValueError as error:
        raise MessageError(f"frames of {header.size_wh}: {error}") from error
