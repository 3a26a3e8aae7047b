/// One test case of a JUnit report.
struct JUnitCase {
  enum Outcome {
    /// With what is worth telling; may be empty.
    case passed(String)
    case failure(message: String, type: String, text: String)
    /// Nothing could be told.
    case error(message: String)

    var isFailure: Bool { if case .failure = self { true } else { false } }
    var isError: Bool { if case .error = self { true } else { false } }
  }

  var group: String
  var name: String
  var seconds = "0"
  var outcome: Outcome

  var lines: [String] {
    let names = "classname=\"gzload.\(group)\" name=\"\(XMLText.attribute(name))\" time=\"\(seconds)\""
    let content: String
    switch outcome {
    case .passed(""): return ["    <testcase \(names)/>"]
    case .passed(let text): content = "<system-out>\(XMLText.content(text))</system-out>"
    case .failure(let message, let type, let text):
      content =
        "<failure message=\"\(XMLText.attribute(message))\" type=\"\(XMLText.attribute(type))\">"
        + XMLText.content(text) + "</failure>"
    case .error(let message):
      content = "<error message=\"\(XMLText.attribute(message))\" type=\"run\"/>"
    }
    return ["    <testcase \(names)>", "      " + content, "    </testcase>"]
  }
}
