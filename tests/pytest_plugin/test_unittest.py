"""Beside unittest, with pytest and without."""

from __future__ import annotations

import sys

import pytest

UNITTEST = """
    import unittest
    from fakeapns import FakeAPNs
    from sending import send

    class PushTest(unittest.TestCase):
        def setUp(self):
            self.apns = self.enterContext(FakeAPNs().in_thread())

        def test_accepted(self):
            send(self.apns)
            self.apns.assert_accepted(1)

        def test_nothing(self):
            self.apns.assert_nothing_accepted()

    class OneForAll(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            cls.apns = cls.enterClassContext(FakeAPNs().in_thread())

        def setUp(self):
            self.apns.renew()

        def test_one(self):
            send(self.apns)
            self.apns.assert_accepted(1)

        test_two = test_one

    if __name__ == "__main__":
        unittest.main()
"""


def test_unittest_without_pytest(project: pytest.Pytester) -> None:
    [path] = [project.makepyfile(test_push=UNITTEST)]
    result = project.run(sys.executable, "-W", "error", path)
    assert result.ret == 0, result.errlines
    result.stderr.fnmatch_lines(["Ran 4 tests in *", "OK"])


def test_unittest_run_by_pytest(project: pytest.Pytester) -> None:
    project.makepyfile(UNITTEST)
    project.runpytest_inprocess().assert_outcomes(passed=4)


def test_unittest_with_the_fixture(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
        import pytest

        @pytest.fixture
        def server(request, apns):
            request.instance.apns = apns
        """
    )
    project.makepyfile(
        """
        import unittest
        import pytest
        from sending import send

        @pytest.mark.usefixtures("server")
        class PushTest(unittest.TestCase):
            def test_accepted(self):
                send(self.apns)
                self.apns.assert_accepted(1)

            @pytest.mark.apns(tokens="registered")
            def test_marked(self):
                assert self.apns.settings.tokens == "registered"

            def test_wrong(self):
                self.fail("on purpose")
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*- fakeapns ledger -*"])
