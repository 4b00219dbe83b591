using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>Fills the unused space of the database's pages with zeros.</summary>
/// <remarks><c>secure_delete</c> zeroes what is deleted where it lies. When SQLite balances a tree it moves cells between pages, though, and leaves copies of them between
/// the cells that stay: of rows that are deleted later, something would remain (SQLite 3.50, found by the test of many deletions). Nobody reads that space, so it may be
/// written while others read; whoever calls keeps everybody else from writing, and has the pages out of the log before. Formats: sqlite.org/fileformat2.html.</remarks>
internal sealed class PageEraser : IDisposable
{
    private const int WalHeader = 32;
    private const int FrameHeader = 24;
    private const int FileHeader = 100;

    // Above, the first byte of an overflow page, which is that of a page's number, might be taken for the kind of a tree's page: 275 GB of 8 kB.
    private const uint MostPages = 0x0200_0000;

    private readonly HashSet<uint> _pages = [];
    private readonly string _logPath;
    private readonly SafeFileHandle _file;

    /// <summary>Opens the file of a database.</summary>
    /// <remarks>It stays open as long as the database: on Unix, closing it would drop the locks that SQLite holds on it.</remarks>
    public PageEraser(string databasePath)
    {
        _logPath = databasePath + "-wal";
        _file = File.OpenHandle(databasePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    /// <summary>Notes the pages that are in the log, before it is brought into the database.</summary>
    public void NoteLog()
    {
        if (!File.Exists(_logPath))
        {
            return;
        }

        // Not closed again while the database is open, but that is another file's lock, and SQLite keeps none on its log.
        using var log = File.OpenHandle(_logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[WalHeader];
        if (RandomAccess.Read(log, header, 0) < WalHeader)
        {
            return;
        }

        // Those of an older round, behind the end of this one, are noted too: nothing is lost by erasing more.
        int pageSize = (int)BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        long length = RandomAccess.GetLength(log);
        for (long frame = WalHeader; frame + FrameHeader + pageSize <= length; frame += FrameHeader + pageSize)
        {
            if (RandomAccess.Read(log, header[..4], frame) == 4)
            {
                _pages.Add(BinaryPrimitives.ReadUInt32BigEndian(header));
            }
        }
    }

    /// <summary>Erases the noted pages, and brings that to the disk.</summary>
    public void Erase()
    {
        Span<byte> header = stackalloc byte[FileHeader];
        if (_pages.Count == 0 || RandomAccess.Read(_file, header, 0) < FileHeader)
        {
            return;
        }

        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is var size and not 1 ? size : 65_536;
        int usable = pageSize - header[20];
        long count = Math.Min(RandomAccess.GetLength(_file) / pageSize, MostPages);
        byte[] zeros = new byte[pageSize];
        foreach (uint page in _pages)
        {
            if (page > 0 && page <= count)
            {
                Erase((page - 1) * (long)pageSize, page == 1 ? FileHeader : 0, usable, zeros);
            }
        }

        RandomAccess.FlushToDisk(_file);
        _pages.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Erase(long page, int start, int usable, ReadOnlySpan<byte> zeros)
    {
        Span<byte> header = stackalloc byte[8];
        RandomAccess.Read(_file, header, page + start);
        int pointers = header[0] switch
        {
            2 or 5 => start + 12, // within an index or a table
            10 or 13 => start + 8, // the leaves of one
            _ => 0, // overflow and free pages have no cells
        };
        if (pointers > 0)
        {
            int from = pointers + (2 * BinaryPrimitives.ReadUInt16BigEndian(header[3..]));
            int to = BinaryPrimitives.ReadUInt16BigEndian(header[5..]) is var content and not 0 ? content : 65_536;
            if (from < to && to <= usable)
            {
                RandomAccess.Write(_file, zeros[..(to - from)], page + from);
            }
        }
    }
}
