"""The allocator is asked by the name that glibc has for it, and other libraries are left alone."""

from __future__ import annotations

import ctypes
import platform

from scaffold.trace import thrift


def test_glibc_takes_the_setting():
    assert thrift.give_back_at_once() is (platform.libc_ver()[0] == "glibc")


def test_a_library_without_the_setting_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())

    assert thrift.give_back_at_once() is False
