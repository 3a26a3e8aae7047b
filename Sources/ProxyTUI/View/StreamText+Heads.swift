internal import LoadGen

// What was sent, what was answered, and the bytes that were kept.
extension StreamText {
  private static let fieldLimit = 100
  private static let indent = 2
  /// Bytes of a text that are shown in hexadecimal too: enough to see what hides between the letters.
  private static let textDump = 32

  var answer: [StreamLine] {
    guard let head = detail.response else { return fact("response", lackOfAnswer, role: .faint, labelRole: .heading) }
    let version = head.version.isEmpty ? "" : "/" + head.version
    let role = statusRole(head.status)
    var lines = fact("response", "HTTP\(version) \(head.status)", role: role, labelRole: .heading) + fields(head.fields)
    if head.droppedFields > 0 { lines += fact("", "and \(head.droppedFields) more, which were not kept", role: .faint) }
    return lines
  }

  private var lackOfAnswer: String {
    guard record.status == 0 else {
      let kept = "its head is not known here: those of the last streams and of the first failures of each kind are kept"
      return record.result == .failed && hasProofs ? kept + "; 4 has them" : kept
    }
    return detail.isRunning ? "none yet" : "none came"
  }

  var request: [StreamLine] {
    guard let requestLine = detail.requestLine else {
      return fact("request", "not known here: it was not recorded, or too long ago", role: .faint, labelRole: .heading)
    }
    return fact("request", requestLine, labelRole: .heading) + fields(detail.requestFields)
  }

  /// A header a line; a long one goes on below, indented, so that nothing in it looks like another header.
  private func fields(_ fields: [ResponseHead.Field]) -> [StreamLine] {
    let room = width - Self.labelWidth
    var lines: [StreamLine] = []
    for field in fields.prefix(Self.fieldLimit) {
      // A name of any length is cut before it is joined with anything.
      let name = String(field.name.unicodeScalars.prefix(max(0, room) * Self.textLines)) + ":"
      let texts = CellText.wrap(name + " " + field.value, width: room - Self.indent, limit: Self.textLines)
      for (index, text) in texts.enumerated() {
        let column = Self.labelWidth + (index == 0 ? 0 : Self.indent)
        var line = StreamLine(text, at: column, width: room - Self.indent, role: .text)
        if index == 0 {
          line.put(name, at: column, width: CellText.width(name, limit: room - Self.indent), role: .label)
        }
        lines.append(line)
      }
    }
    let rest = fields.count - Self.fieldLimit
    return rest > 0 ? lines + fact("", "and \(rest) more", role: .faint) : lines
  }

  /// The first and last bytes of the body.
  var proof: [StreamLine] {
    guard !detail.bodyHead.isEmpty || !detail.bodyTail.isEmpty else { return [] }
    var lines: [StreamLine] = []
    if !detail.bodyHead.isEmpty, ByteGlance.isText(detail.bodyHead) {
      let text = ByteGlance.text(detail.bodyHead, width: detail.bodyHead.count)
      lines = fact("body", text, role: .text, labelRole: .heading)
      lines += dump("", Array(detail.bodyHead.prefix(Self.textDump)), labelRole: .label)
    } else {
      lines = dump("body", detail.bodyHead, labelRole: .heading)
    }
    return lines + dump("its end", detail.bodyTail, labelRole: .label)
  }

  /// Eight or sixteen bytes a line, in hexadecimal and as text.
  private func dump(_ label: String, _ bytes: [UInt8], labelRole: Role) -> [StreamLine] {
    let room = width - Self.labelWidth
    let perLine = room >= 66 ? 16 : 8
    var lines: [StreamLine] = []
    for start in stride(from: 0, to: min(bytes.count, Evidence.headLimit), by: perLine) {
      let part = Array(bytes[start..<min(bytes.count, start + perLine)])
      var line = StreamLine(ByteGlance.hexadecimal(part), at: Self.labelWidth, width: room, role: .text)
      let column = Self.labelWidth + perLine * 3 + 1
      line.put(ByteGlance.characters(part), at: column, width: width - column, role: .faint)
      lines.append(line)
    }
    if !lines.isEmpty { lines[0].put(label, at: 0, width: Self.labelWidth - 1, role: labelRole) }
    return lines
  }
}
