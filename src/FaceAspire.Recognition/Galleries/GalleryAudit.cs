namespace FaceAspire.Recognition.Galleries;

/// <summary>One log line for each change of a gallery: who changed what. The request's id is on it as on every line; pictures, embeddings and metadata are on none.</summary>
internal sealed partial class GalleryAudit(ILogger<GalleryAudit> logger)
{
    /// <summary>Notes a change.</summary>
    /// <param name="caller">Who made it.</param>
    /// <param name="action">What was done, such as <c>enrol</c>.</param>
    /// <param name="gallery">Where.</param>
    /// <param name="subject">To whom; null where it is about the whole gallery.</param>
    /// <param name="faces">How many faces came, went or moved.</param>
    /// <param name="into">The name or subject that came of it; null where there is none.</param>
    public void Changed(Caller caller, string action, string gallery, string? subject, int faces, string? into = null)
    {
        if (into is null)
        {
            LogChanged(action, gallery, subject ?? "", faces, caller.Name);
        }
        else
        {
            LogMoved(action, gallery, subject ?? "", into, faces, caller.Name);
        }
    }

    [LoggerMessage(EventId = 100, EventName = "GalleryChanged", Level = LogLevel.Information, Message = "Gallery changed: {Action} in {Gallery}, subject '{Subject}', {Faces} faces, by {Caller}")]
    private partial void LogChanged(string action, string gallery, string subject, int faces, string caller);

    [LoggerMessage(EventId = 101, EventName = "SubjectMoved", Level = LogLevel.Information, Message = "Gallery changed: {Action} in {Gallery}, subject '{Subject}' into '{Into}', {Faces} faces, by {Caller}")]
    private partial void LogMoved(string action, string gallery, string subject, string into, int faces, string caller);
}
