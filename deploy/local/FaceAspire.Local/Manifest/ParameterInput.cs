namespace FaceAspire.Local.Manifest;

/// <summary>What an operator is asked for.</summary>
/// <param name="Type">Always <c>string</c>.</param>
/// <param name="Secret">Whether it must not be shown.</param>
/// <param name="Default">What counts when nothing is said; null where something must be said.</param>
public sealed record ParameterInput(string Type, bool Secret = false, InputDefault? Default = null);
