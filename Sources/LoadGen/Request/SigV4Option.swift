internal import ToolSupport

/// Reads `--aws-sigv4` and finds the keys.
enum SigV4Option {
  /// Fields that the signature is made of.
  private static let owned = ["authorization", "x-amz-date", "x-amz-content-sha256"]

  /// - Parameters:
  ///   - text: `aws:amz[:REGION[:SERVICE]]`, as curl has it.
  ///   - environment: a variable's value; nil or empty where there is none.
  static func plan(
    _ text: String, credentials: Credentials?, environment: (String) -> String?
  ) throws(ToolFailure) -> SigningPlan {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard (2...4).contains(parts.count), parts[0].lowercased() == "aws", parts[1].lowercased() == "amz",
      parts.dropFirst(2).allSatisfy(isName)
    else {
      throw OptionText.refusal(
        "--aws-sigv4", text, "write aws:amz:REGION:SERVICE, such as aws:amz:eu-central-1:lambda")
    }
    var plan = try keys(credentials, environment)
    if parts.count > 2 { plan.region = parts[2] }
    if parts.count > 3 { plan.service = parts[3] }
    return plan
  }

  private static func keys(
    _ credentials: Credentials?, _ environment: (String) -> String?
  ) throws(ToolFailure) -> SigningPlan {
    // A session's token belongs to the keys beside it, and to no others.
    if let credentials { return SigningPlan(credentials: credentials) }
    guard let user = environment("AWS_ACCESS_KEY_ID"), !user.isEmpty,
      let secret = environment("AWS_SECRET_ACCESS_KEY"), !secret.isEmpty
    else {
      throw .usage(
        "--aws-sigv4: no keys; give -u KEY:SECRET, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }
    // What would break out of the header that it is put in.
    let token = environment("AWS_SESSION_TOKEN").flatMap { $0.isEmpty ? nil : $0 }
    guard (user + (token ?? "")).utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .usage("--aws-sigv4: AWS_ACCESS_KEY_ID or AWS_SESSION_TOKEN holds spaces or line breaks; set it again")
    }
    var plan = SigningPlan(credentials: Credentials(user: user, password: secret))
    plan.sessionToken = token
    return plan
  }

  /// What a signed request cannot have, found before anything is sent.
  static func check(_ plan: LoadPlan) throws(ToolFailure) {
    guard let signing = plan.signing else { return }
    guard !plan.network.followsRedirects else {
      throw .usage("-L and --aws-sigv4: a signature is for one URL, and a redirect leads to another; drop -L")
    }
    let owned = owned + (signing.sessionToken == nil ? [] : ["x-amz-security-token"])
    for line in plan.headers + plan.targets.flatMap(\.headers) {
      guard let name = SigV4Signer.field(line)?.name, owned.contains(name) else { continue }
      let reason = name == "x-amz-security-token" ? ", from AWS_SESSION_TOKEN" : ""
      throw .usage("--aws-sigv4: sets \(name) by itself\(reason); drop that header")
    }
    for target in plan.targets {
      _ = try SigV4Scope(signing, url: target.url)
      guard let mark = target.url.firstIndex(of: "?"), target.url[mark...].contains("+") else { continue }
      throw .usage(
        "\(OptionText.shown(target.url)): + in a query means a space to some services and itself to others, and a signature"
          + " must mean one; write %20 or %2B")
    }
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { SigV4URL.isUnreserved($0) }
  }
}
