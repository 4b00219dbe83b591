namespace FaceAspire.Gallery.Transfer;

/// <summary>What an import has done so far.</summary>
/// <param name="Created">Faces that are new.</param>
/// <param name="Existing">Faces that were there already.</param>
/// <param name="Failed">Lines that could not be imported.</param>
/// <param name="Problems">Why, of the first <see cref="MaxProblems"/> of them.</param>
public sealed record GalleryImport(int Created, int Existing, int Failed, IReadOnlyList<ImportProblem> Problems)
{
    /// <summary>How many problems are told.</summary>
    public const int MaxProblems = 100;
}

/// <summary>A line that could not be imported.</summary>
/// <param name="Line">Counted from 1, the header among them.</param>
/// <param name="Message">Why, worded to follow "line 7".</param>
public readonly record struct ImportProblem(long Line, string Message);
