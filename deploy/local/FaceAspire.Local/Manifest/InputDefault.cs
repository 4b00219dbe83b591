namespace FaceAspire.Local.Manifest;

/// <summary>What an input is when the operator says nothing: a fixed value or a generated one.</summary>
/// <param name="Value">The fixed value.</param>
/// <param name="Generate">How to make one.</param>
public sealed record InputDefault(string? Value = null, GeneratedValue? Generate = null);
