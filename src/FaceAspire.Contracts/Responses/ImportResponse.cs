namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/galleries/{gallery}/import</c>.</summary>
/// <param name="Success">Always true: lines that fail do not stop the others.</param>
/// <param name="Created">How many faces are new.</param>
/// <param name="Existing">How many were there.</param>
/// <param name="Failed">How many lines were left out.</param>
/// <param name="Errors">Why, of the first hundred.</param>
public sealed record ImportResponse(bool Success, int Created, int Existing, int Failed, IReadOnlyList<ImportError> Errors);

/// <summary>Why a line was left out.</summary>
/// <param name="Line">Which one, from 1.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record ImportError(long Line, string Message);
