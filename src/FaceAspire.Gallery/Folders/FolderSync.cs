using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Reading;

namespace FaceAspire.Gallery.Folders;

/// <summary>Brings a gallery in line with a folder of pictures: a folder for each person, whose deeper folders are that person's too; a picture beside them is of the person it is
/// named after. Every face of a picture is enrolled. What is a picture its bytes say, not its name; other files, hidden ones and links out of the folder are left alone.</summary>
/// <remarks>A file of the same size and time as last time is not opened. One whose content is known, because it was renamed, moved, copied or only touched, is read but not embedded
/// again. Faces that did not come from the folder are never touched. A folder that is missing, cannot be listed or has nothing in it takes no face away: it may not be mounted.
/// Not safe to run for one gallery twice at once.</remarks>
/// <param name="store">The gallery's store.</param>
/// <param name="reader">Pictures to faces.</param>
/// <param name="maxImageBytes">Largest picture read, in bytes.</param>
/// <param name="time">The clock.</param>
public sealed class FolderSync(IFaceGallery store, FaceReader reader, int maxImageBytes, TimeProvider time)
{
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);

    /// <summary>Does it once. Whatever stops it, what was done until then is kept, and the next run goes on from there.</summary>
    /// <param name="gallery">The gallery; made when it is not there.</param>
    /// <param name="root">The folder.</param>
    /// <param name="plan">How pictures become embeddings. Pictures that were last read for another space are read again, and their faces get an embedding of this one besides.</param>
    /// <param name="progress">Told of every step, on any thread.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How it ended: the error, if one stopped it, is in there.</returns>
    public async Task<FolderSyncProgress> RunAsync(
        string gallery, string root, RecognitionPlan plan, IProgress<FolderSyncProgress>? progress, CancellationToken cancellationToken)
    {
        var report = new FolderReport(progress);
        try
        {
            var scan = await Task.Run(() => FolderScan.Read(root, cancellationToken), cancellationToken);
            var run = new FolderRun(store, reader, gallery, plan, maxImageBytes, report);
            bool isFirst;
            lock (_checked)
            {
                isFirst = _checked.Add(gallery);
            }

            if (!await run.RunAsync(scan, isFirst, cancellationToken))
            {
                return report.Finish(null, "The folder is empty, as it is when a volume is not mounted: the faces that came from it are kept.");
            }

            return report.Finish(time.GetUtcNow(), error: null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return report.Finish(null, exception is DirectoryNotFoundException ? "The folder does not exist." : "The folder cannot be listed.");
        }
        catch (FaceAspireException exception)
        {
            return report.Finish(null, exception.Message);
        }
    }
}
