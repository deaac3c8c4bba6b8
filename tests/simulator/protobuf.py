"""The messages of Prometheus remote write 1.0 as far as k6 uses them, described at run time: no generated code.

Field numbers are those of Prometheus's prompb/remote.proto and prompb/types.proto.
"""

from __future__ import annotations

from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE: Final = "tests.simulator.prometheus"
Field = descriptor_pb2.FieldDescriptorProto

TYPES: Final = {
    "string": Field.TYPE_STRING,
    "double": Field.TYPE_DOUBLE,
    "int64": Field.TYPE_INT64,
    "uint64": Field.TYPE_UINT64,
    "uint32": Field.TYPE_UINT32,
    "sint32": Field.TYPE_SINT32,
    "sint64": Field.TYPE_SINT64,
}
MESSAGES: Final = {
    "Label": "string name = 1; string value = 2",
    "Sample": "double value = 1; int64 timestamp = 2",
    "BucketSpan": "sint32 offset = 1; uint32 length = 2",
    "Histogram": (
        "uint64 count_int = 1; double sum = 3; sint32 schema = 4; double zero_threshold = 5; uint64 zero_count_int = 6;"
        "repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; int64 timestamp = 15"
    ),
    "TimeSeries": "repeated Label labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 4",
    "WriteRequest": "repeated TimeSeries timeseries = 1",
}
ALWAYS_WRITTEN: Final = ("count_int", "zero_count_int")
"""Members of a oneof in Prometheus's file: it takes a histogram without them for one of floats."""


def _described() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="remote.proto", package=PACKAGE, syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for text in fields.split(";"):
            kind, field_name, _, number = text.split()[-4:]
            field = message.field.add(name=field_name, number=int(number))
            repeated = text.split()[0] == "repeated"
            field.label = Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL
            if kind in TYPES:
                field.type = TYPES[kind]
            else:
                field.type, field.type_name = Field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
            if field_name in ALWAYS_WRITTEN:
                field.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name=f"_{field_name}")
    return file


_pool = descriptor_pool.DescriptorPool()
_pool.Add(_described())
WriteRequest: Final[Any] = message_factory.GetMessageClass(_pool.FindMessageTypeByName(f"{PACKAGE}.WriteRequest"))
"""The message class; its fields are those of MESSAGES."""
