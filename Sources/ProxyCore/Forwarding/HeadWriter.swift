internal import NIOCore

/// Writes heads. Names and values that come from a parsed head are safe by its guarantee; text made here is checked.
enum HeadWriter {
  static func field(_ out: inout ByteBuffer, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    out.writeBytes(name)
    out.writeStaticString(": ")
    out.writeBytes(value)
    out.writeStaticString("\r\n")
  }

  /// A field of our own. A value with a control byte is left out altogether: no text of ours may end a line early.
  static func field(_ out: inout ByteBuffer, _ name: StaticString, _ value: String) {
    guard value.utf8.allSatisfy({ ByteClass.matches($0, ByteClass.fieldText) }) else { return }
    out.writeStaticString(name)
    out.writeStaticString(": ")
    out.writeString(value)
    out.writeStaticString("\r\n")
  }
}
