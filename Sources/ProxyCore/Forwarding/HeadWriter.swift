internal import NIOCore

/// Writes heads. Names and values that come from a parsed head are safe by its guarantee; text made here is checked.
enum HeadWriter {
  static func field(_ out: inout ByteBuffer, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    out.writeBytes(name)
    out.writeStaticString(": ")
    out.writeBytes(value)
    out.writeStaticString("\r\n")
  }

  /// The fields that are passed on, in their order: neighbours that are written as we would write them are copied at once.
  static func fields<Failure: Error>(
    _ out: inout ByteBuffer, _ head: MessageHead,
    where passes: (MessageHead.Field, UnsafeRawBufferPointer) throws(Failure) -> Bool
  ) throws(Failure) {
    try head.withBytes { bytes throws(Failure) in
      var run = 0..<0
      for field in head.fields {
        guard try passes(field, bytes) else { continue }
        if field.isPlain, field.line.lowerBound == run.upperBound {
          run = run.lowerBound..<field.line.upperBound
          continue
        }
        out.writeBytes(Bytes.slice(bytes, run))
        run = 0..<0
        if field.isPlain {
          run = field.line
        } else {
          Self.field(&out, Bytes.slice(bytes, field.name.range), Bytes.slice(bytes, field.value.range))
        }
      }
      out.writeBytes(Bytes.slice(bytes, run))
    }
  }

  /// A field of our own. A value with a control byte is left out altogether: no text of ours may end a line early.
  static func field(_ out: inout ByteBuffer, _ name: StaticString, _ value: String) {
    var value = value
    value.withUTF8 { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      guard ByteClass.isAll(bytes, ByteClass.fieldText) else { return }
      let length = name.utf8CodeUnitCount
      // One write where four would each look for room.
      out.writeWithUnsafeMutableBytes(minimumWritableBytes: length + bytes.count + 4) { room in
        guard let start = room.baseAddress else { return 0 }
        start.copyMemory(from: name.utf8Start, byteCount: length)
        room[length] = UInt8(ascii: ":")
        room[length + 1] = UInt8(ascii: " ")
        if let first = bytes.baseAddress { (start + length + 2).copyMemory(from: first, byteCount: bytes.count) }
        room[length + 2 + bytes.count] = 13
        room[length + 3 + bytes.count] = 10
        return length + bytes.count + 4
      }
    }
  }

  /// A list in one line: what earlier hops wrote, however many lines that were, and our own member at its end. Servers
  /// that read only the first line of a name see all of it.
  static func list(
    _ out: inout ByteBuffer, _ name: StaticString, after kind: FieldKind, of head: MessageHead, _ own: String
  ) {
    guard isSafe(own) else { return }
    out.writeStaticString(name)
    out.writeStaticString(": ")
    head.withBytes { bytes in
      for field in head.fields where field.kind == kind && field.value.count > 0 {
        out.writeBytes(Bytes.slice(bytes, field.value.range))
        out.writeStaticString(", ")
      }
    }
    out.writeString(own)
    out.writeStaticString("\r\n")
  }

  private static func isSafe(_ value: String) -> Bool {
    var value = value
    return value.withUTF8 { ByteClass.isAll(UnsafeRawBufferPointer($0), ByteClass.fieldText) }
  }
}
