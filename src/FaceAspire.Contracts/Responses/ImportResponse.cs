namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/galleries/{gallery}/import</c>.</summary>
/// <param name="Success">Always true: lines that fail do not stop the others.</param>
/// <param name="Lines">How many lines were read, empty ones not counted.</param>
/// <param name="Created">How many faces are new.</param>
/// <param name="Existing">How many were there.</param>
/// <param name="Failed">How many lines were refused.</param>
/// <param name="Errors">Why, of the first hundred.</param>
public sealed record ImportResponse(bool Success, int Lines, int Created, int Existing, int Failed, IReadOnlyList<ImportError> Errors);

/// <summary>Why a line was refused.</summary>
/// <param name="Line">Which one, from 1.</param>
/// <param name="ErrorCode">Name of an error code.</param>
/// <param name="Message">What is wrong.</param>
public sealed record ImportError(int Line, string ErrorCode, string Message);
