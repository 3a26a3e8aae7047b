public import LoadGen

/// Something that can be made to go wrong in the lab, and what one will see then.
public struct LabFaultChoice: Sendable, Equatable {
  public var fault: LabFault
  public var name: String
  public var explanation: String

  public init(fault: LabFault, name: String, explanation: String) {
    self.fault = fault
    self.name = name
    self.explanation = explanation
  }
}
