/// What belongs to one connection and not to the message (RFC 9110 §7.6.1).
enum HopByHop {
  /// What the `Connection` fields of a head say. All lines count, empty members are skipped.
  struct Options: Sendable {
    var close = false
    var keepAlive = false
    var upgrade = false
    /// Fields that a sender declared to be for this hop only, in lower case; protected ones are left out.
    private(set) var nominated: [[UInt8]] = []

    init() {}

    init(_ head: MessageHead) {
      head.withBytes { bytes in
        for field in head.fields where field.kind == .connection {
          let value = Bytes.slice(bytes, field.value.range)
          var start = 0
          while start <= value.count {
            let end = value[start...].firstIndex(of: UInt8(ascii: ",")) ?? value.count
            add(Bytes.slice(value, Bytes.trimmed(value, start..<end)))
            start = end + 1
          }
        }
      }
    }

    func names(_ name: UnsafeRawBufferPointer) -> Bool {
      guard close || !nominated.isEmpty else { return false }
      // An option with a meaning of its own is a name all the same (RFC 9110 §7.6.1).
      if close, Bytes.equalsIgnoringCase(name, "close") { return true }
      for other in nominated where Bytes.equalsIgnoringCase(name, other) { return true }
      return false
    }

    private mutating func add(_ option: UnsafeRawBufferPointer) {
      guard !option.isEmpty, ByteClass.isAll(option, ByteClass.token) else { return }
      if Bytes.equalsIgnoringCase(option, "close") {
        close = true
      } else if Bytes.equalsIgnoringCase(option, "keep-alive") {
        keepAlive = true
      } else if Bytes.equalsIgnoringCase(option, "upgrade") {
        upgrade = true
      } else if FieldKind.of(option) != .te, !HopByHop.isProtected(FieldKind.of(option)) {
        nominated.append(option.map(Bytes.lower))
      }
    }
  }

  /// End-to-end fields that no sender may declare hop-by-hop: removing one would change what the message means or who it
  /// is from (RFC 9110 §7.6.1 forbids it, and attacks use it). Such an option is ignored.
  static func isProtected(_ kind: FieldKind) -> Bool { kind != .other && !kind.isHopByHop && kind != .trailer }

  /// Whether the connection a head came on may carry another message (RFC 9112 §9.3).
  static func isPersistent(_ version: MessageHead.Version, _ options: Options) -> Bool {
    switch version {
    case .http11: !options.close
    case .http10: options.keepAlive && !options.close
    }
  }
}
