"""The pages of accounts, each in its own file beside this one."""

from __future__ import annotations

from fastapi import APIRouter

from dashboards.web.accounts import audit, first_start, own, own_tokens, signing_in, users

router = APIRouter(include_in_schema=False)
for _part in (signing_in, first_start, own, own_tokens, users, audit):
    router.include_router(_part.router)
