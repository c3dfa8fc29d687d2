"""What DiscordChatExporter's JSON and CSV share: kinds of attachments, sentences of notices."""

from __future__ import annotations

from collections.abc import Sequence

_EXTENSIONS = {
    "image": ("png", "jpg", "jpeg", "gif", "webp", "bmp", "heic", "avif"),
    "video": ("mp4", "mov", "webm", "mkv", "m4v"),
    "voice": ("ogg",),
    "music": ("mp3", "wav", "flac", "m4a", "opus"),
}
_KINDS = {extension: kind for kind, extensions in _EXTENSIONS.items() for extension in extensions}
SENTENCES = {
    "Joined the server.": "GuildMemberJoin",
    "Left the group.": "RecipientRemove",
    "Pinned a message.": "ChannelPinnedMessage",
    "Changed the channel icon.": "ChannelIconChange",
    "Started a thread.": "ThreadCreated",
}
"""Whole texts that the exporter writes for a notice, and the notice's type."""


def file_name(url: str) -> str:
    """The name of the file at an address, or the name itself."""
    return url.partition("?")[0].rstrip("/").rpartition("/")[2]


def kind_of(names: Sequence[str]) -> str:
    """The kind of a message with these files: theirs, if they are of one kind."""
    kinds = {_KINDS.get(name.rpartition(".")[2].lower(), "file") for name in names}
    return kinds.pop() if len(kinds) == 1 else "file"
