namespace FaceAspire.Recognition.Galleries;

/// <summary>How far the embeddings of a space are.</summary>
/// <param name="Done">Faces that have theirs.</param>
/// <param name="Total">Faces that are to have one.</param>
public readonly record struct SpaceProgress(int Done, int Total);
