"""The version that a proposal or confirmed tag keeps, so that later rules can be told apart."""

from __future__ import annotations

VERSION = "2026-11.6"
