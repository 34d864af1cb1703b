"""Receiving a file: in memory up to the limit; what is larger is read to its end and kept nowhere."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUpload(FileUploadHandler):
    """The one upload handler: never more than EVIDENCE_MAX_BYTES in memory, and nothing on disk."""

    def new_file(self, *args: Any, **options: Any) -> None:
        """Begin with nothing."""
        super().new_file(*args, **options)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the bytes, or let go of the whole file once it is too large."""
        if start + len(raw_data) <= settings.EVIDENCE_MAX_BYTES:
            self.kept.write(raw_data)
        else:
            self.kept = BytesIO()

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        """The file; one that was too large is empty and says how large it was, for the form to refuse."""
        self.kept.seek(0)
        return UploadedFile(self.kept, self.file_name, self.content_type, file_size, self.charset)
