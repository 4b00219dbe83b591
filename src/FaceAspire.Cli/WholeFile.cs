namespace FaceAspire.Cli;

/// <summary>Writes files that are there as a whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes under another name first: what was stopped never looks like a whole file.</summary>
    /// <param name="path">Where to; replaced when it is there.</param>
    /// <param name="write">Writes the content; what it gives is given on.</param>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static async Task<T> WriteAsync<T>(string path, Func<Stream, Task<T>> write)
    {
        string unfinished = $"{path}.part";
        try
        {
            try
            {
                T result;
                await using (var stream = File.Create(unfinished))
                {
                    result = await write(stream);
                }

                File.Move(unfinished, path, overwrite: true);
                return result;
            }
            finally
            {
                File.Delete(unfinished);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be written.", exception);
        }
    }
}
