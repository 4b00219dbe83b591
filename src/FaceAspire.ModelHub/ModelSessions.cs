using FaceAspire.Vision.Inference;

namespace FaceAspire.ModelHub;

/// <summary>The sessions of the catalogue's models.</summary>
public static class ModelSessions
{
    /// <summary>The session of one of a model's files, which is looked for when it is first run.</summary>
    /// <param name="sessions">The sessions of the process.</param>
    /// <param name="store">Finds the file.</param>
    /// <param name="entry">The model.</param>
    /// <param name="part">Which of <see cref="ModelEntry.Files"/>.</param>
    public static InferenceSessionPool Get(this InferenceSessions sessions, ModelStore store, ModelEntry entry, int part = 0) =>
        sessions.Get(entry.Files[part].Key, entry.Name, () => store.Require(entry, part));
}
