namespace FaceAspire.Contracts.Errors;

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Field">Name of the field on the wire; <c>body</c> when it is the whole body.</param>
/// <param name="Msg">What is wrong, and what is accepted.</param>
public sealed record FieldError(string Field, string Msg);
