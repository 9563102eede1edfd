"""Which sightings a command asks for."""

from __future__ import annotations

from pipeline.sightings.filtering import SightingFilter, find_person_id, find_sources

__all__ = ["SightingFilter", "find_person_id", "find_sources"]
