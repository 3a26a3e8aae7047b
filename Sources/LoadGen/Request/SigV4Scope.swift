internal import ToolSupport

/// Where a signature counts.
struct SigV4Scope: Sendable, Equatable {
  var region: String
  var service: String

  /// S3's own rules: the path is signed as it was sent.
  var isS3: Bool { ["s3", "s3-object-lambda", "s3-outposts", "s3express"].contains(service) }

  /// Services that want the body's hash as a field of its own, `x-amz-content-sha256`.
  var wantsContentHash: Bool { isS3 || service == "aoss" || service == "glacier" }

  /// The scope of a target: as the plan says, or read off a host of AWS's.
  /// - Throws: `usage` when the host does not say it.
  init(_ plan: SigningPlan, url: String) throws(ToolFailure) {
    let authority = TargetURL.authority(url).lowercased()
    let guessed = Self.guessed(String(authority.prefix { $0 != ":" }))
    guard let region = plan.region ?? guessed?.region, let service = plan.service ?? guessed?.service else {
      throw .usage(
        "--aws-sigv4 aws:amz: \(OptionText.shown(authority)) does not say its region and service;"
          + " write aws:amz:REGION:SERVICE, such as aws:amz:eu-central-1:lambda")
    }
    self.init(region: region, service: service)
  }

  init(region: String, service: String) {
    self.region = region
    self.service = service
  }

  /// `ID.lambda-url.REGION.on.aws`, `ID.execute-api.REGION.amazonaws.com`, `BUCKET.s3.REGION.amazonaws.com`,
  /// `SERVICE.REGION.amazonaws.com[.cn]`.
  static func guessed(_ host: String) -> SigV4Scope? {
    var labels = host.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard labels.allSatisfy({ !$0.isEmpty }) else { return nil }
    if labels.suffix(2) == ["on", "aws"], labels.count == 5, labels[1] == "lambda-url" {
      return SigV4Scope(region: labels[2], service: "lambda")
    }
    if labels.last == "cn" { labels.removeLast() }
    guard labels.suffix(2) == ["amazonaws", "com"], labels.count >= 4 else { return nil }
    let region = labels[labels.count - 3]
    guard region.contains("-") else { return nil }
    return SigV4Scope(region: region, service: labels[labels.count - 4])
  }
}
