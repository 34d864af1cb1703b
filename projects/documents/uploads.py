"""Upload handler with a memory limit; larger files are read to the end and discarded."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUpload(FileUploadHandler):
    """Keep at most EVIDENCE_MAX_BYTES in memory and nothing on disk. The only upload handler."""

    def new_file(self, *args: Any, **options: Any) -> None:
        """Start with an empty buffer."""
        super().new_file(*args, **options)
        self.buffer = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Buffer the chunk, or discard the whole file once it is too large."""
        if start + len(raw_data) <= settings.EVIDENCE_MAX_BYTES:
            self.buffer.write(raw_data)
        else:
            self.buffer = BytesIO()

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        """Return the file. A file that was too large is empty but keeps its size, so that the form refuses it."""
        self.buffer.seek(0)
        return UploadedFile(self.buffer, self.file_name, self.content_type, file_size, self.charset)
