namespace Vigie.Storage;

/// <summary>
/// How many senders a commit waits for: as many as came last time, and now and then one more. Who is told of a commit first may
/// be the one that reads what the others have sent, so that nobody comes while a commit runs, though many would.
/// </summary>
sealed class GroupSize
{
    /// <summary>Groups between two attempts with one sender more; twice as many after each that was in vain.</summary>
    const int LeastPatience = 4, MostPatience = 1024;

    int _patience = LeastPatience, _groups;
    bool _isAttempt;

    /// <summary>A group of this many is complete.</summary>
    public int Expected { get; private set; } = 1;

    /// <summary>A group was committed; some have come meanwhile.</summary>
    public void Learn(int together, int meanwhile)
    {
        bool isComplete = together >= Expected;
        if (_isAttempt && !isComplete)
            _patience = Math.Min(_patience * 2, MostPatience);
        else if (_isAttempt || !isComplete)
            _patience = LeastPatience; // more have come, or one that usually comes has not and may soon be back
        Expected = together + meanwhile;
        _isAttempt = ++_groups >= _patience;
        if (!_isAttempt)
            return;
        _groups = 0;
        Expected++;
    }
}
