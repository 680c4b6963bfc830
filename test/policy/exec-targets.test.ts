import { expect, it } from "vitest";
import { execTargets } from "../../src/policy/exec-targets";

it("names the executions that need another profile", () => {
	const policy = `profile x {
  /bin/a px,
  /bin/b mrPx -> b,
  "/bin/c d" Cx,
  cx /bin/e -> e,
  /bin/f cx -> f,
  /bin/g Pix,
  /bin/h PUx,
  /bin/i ix,
  /bin/j ux,
  deny /bin/k x,
  /bin/l cx,
  deny {
    /bin/m x,
  }
  if $a {
    profile n {
      /bin/o px,
    }
  } else {
    /bin/p px,
  }
  /bin/q cx -> n,
  profile f {
    /bin/r cx -> f,
  }
  profile /bin/l {
  }
}
`;
	expect(execTargets(`$a = true\n${policy}`)).toEqual([
		'line 3: "/bin/a px" needs a loaded profile for /bin/a',
		'line 4: "/bin/b mrPx" needs a loaded profile called b',
		'line 5: ""/bin/c d" Cx" needs a loaded profile for /bin/c d',
		'line 6: "/bin/e cx" needs a loaded profile called e',
		'line 19: "/bin/o px" needs a loaded profile for /bin/o',
		'line 22: "/bin/p px" needs a loaded profile for /bin/p',
		'line 26: "/bin/r cx" needs a loaded profile called f',
	]);
});
