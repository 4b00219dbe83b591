namespace FaceAspire.Gallery;

/// <summary>What became of a subject that was to be given another name.</summary>
/// <param name="Subject">The subject as it is now; null when nothing was changed.</param>
/// <param name="IsTaken">Whether nothing was changed because another subject has the name; otherwise it was because there is no such subject.</param>
public readonly record struct SubjectMove(SubjectEntry? Subject, bool IsTaken);
