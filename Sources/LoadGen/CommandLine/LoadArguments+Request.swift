internal import ToolSupport

extension LoadArguments {
  func setRequest(_ plan: inout LoadPlan) throws(ToolFailure) {
    plan.headers = try HeaderText.request(request.headers)
    plan.body = try body()
    plan.method = try request.method.map(Self.method) ?? (plan.body == nil ? "GET" : "POST")
    if plan.body != nil && plan.method == "HEAD" {
      throw .usage("-m HEAD: sends no body; drop -d and -D, or choose another method")
    }
  }

  private func body() throws(ToolFailure) -> RequestContent? {
    switch (request.data, request.dataFile) {
    case (.some, .some): throw .usage("-d and -D: both give the body; keep one of them")
    case (nil, let file?): return .bytes(try BodyFile.read(file, option: "-D"))
    case (let text?, nil):
      return .bytes(text.hasPrefix("@") ? try BodyFile.read(String(text.dropFirst()), option: "-d") : Array(text.utf8))
    case (nil, nil): return nil
    }
  }

  /// Upper-cased, because a `head` that is not a HEAD would wait for a body that never comes.
  private static func method(_ text: String) throws(ToolFailure) -> String {
    guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
      let hint = TimeSpan(argument: text) != nil || Double(text) != nil ? "; for a time limit use -t \(text)" : ""
      throw OptionText.refusal("-m", text, "a method is made of letters, such as GET or POST" + hint)
    }
    let method = text.uppercased()
    guard method != "CONNECT" else {
      throw OptionText.refusal("-m", text, "asks for a tunnel, which has no body to judge")
    }
    return method
  }
}
