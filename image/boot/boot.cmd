# Which of the two systems on the card starts: read, counted down and written back before anything else is done.
# The state is one sector at 1 MiB (CRC-32, BOOT_ORDER, BOOT_A_LEFT, BOOT_B_LEFT), as RAUC writes it. A sector that
# does not hold (new card, torn write) counts as three attempts each, A first.
# No arithmetic: the U-Boot of the x86-64 twin has no setexpr.

if test "${board}" = "rpi"; then
  setenv state 0x02700000; setenv kernel 0x03000000; setenv initrd 0x0a000000
elif test "${board}" = "qemu-arm"; then
  setenv state 0x47000000; setenv kernel 0x48000000; setenv initrd 0x50000000
else
  setenv state 0x06000000; setenv kernel 0x08000000; setenv initrd 0x10000000
fi

setenv BOOT_ORDER "A B"
setenv BOOT_A_LEFT 3
setenv BOOT_B_LEFT 3
${devtype} dev ${devnum}
${devtype} read ${state} 0x800 1
env import -c ${state} 0x200 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT

setenv slot
for name in ${BOOT_ORDER}; do
  if test -z "${slot}"; then
    if test "${name}" = "A"; then
      if test "${BOOT_A_LEFT}" = "3"; then setenv slot A; setenv BOOT_A_LEFT 2;
      elif test "${BOOT_A_LEFT}" = "2"; then setenv slot A; setenv BOOT_A_LEFT 1;
      elif test "${BOOT_A_LEFT}" = "1"; then setenv slot A; setenv BOOT_A_LEFT 0; fi
    elif test "${name}" = "B"; then
      if test "${BOOT_B_LEFT}" = "3"; then setenv slot B; setenv BOOT_B_LEFT 2;
      elif test "${BOOT_B_LEFT}" = "2"; then setenv slot B; setenv BOOT_B_LEFT 1;
      elif test "${BOOT_B_LEFT}" = "1"; then setenv slot B; setenv BOOT_B_LEFT 0; fi
    fi
  fi
done
if test -z "${slot}"; then
  echo "rinda: no attempts are left, all begin again"
  setenv BOOT_ORDER "A B"
  setenv BOOT_A_LEFT 3
  setenv BOOT_B_LEFT 3
fi
env export -c -s 0x200 ${state} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
${devtype} write ${state} 0x800 1
if test -z "${slot}"; then reset; fi

echo "rinda: slot ${slot}, order ${BOOT_ORDER}, left A ${BOOT_A_LEFT} B ${BOOT_B_LEFT}"
if test "${slot}" = "A"; then setenv part 2; else setenv part 3; fi
part uuid ${devtype} ${devnum}:${part} uuid
if load ${devtype} ${devnum}:1 ${state} kernel.txt; then env import -t -r ${state} ${filesize} arguments; fi
setenv bootargs "root=PARTUUID=${uuid} ro rootwait rinda.card=${devtype} rauc.slot=${slot} panic=10 ${arguments}"
if load ${devtype} ${devnum}:${part} ${kernel} /vmlinuz; then
  setenv kernel_size ${filesize}
  if load ${devtype} ${devnum}:${part} ${initrd} /boot/initrd.img; then
    if test "${board}" = "qemu-x86"; then
      zboot ${kernel} ${kernel_size} ${initrd} ${filesize}
    else
      booti ${kernel} ${initrd}:${filesize} ${fdt_addr}
    fi
  fi
fi
echo "rinda: slot ${slot} does not start"
reset
